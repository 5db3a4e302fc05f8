ALTER TABLE sessions DROP COLUMN started_at;
