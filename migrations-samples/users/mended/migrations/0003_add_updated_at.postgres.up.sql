ALTER TABLE users ADD COLUMN updated_at timestamp(3);
