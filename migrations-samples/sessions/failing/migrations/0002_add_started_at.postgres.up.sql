ALTER TABLE sessions ADD COLUMN started_at timestamp(3);
