ALTER TABLE sessions ADD COLUMN ended_at timestamp(3);
