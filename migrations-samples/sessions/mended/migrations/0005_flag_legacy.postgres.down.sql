ALTER TABLE sessions DROP COLUMN legacy;
