ALTER TABLE users ADD COLUMN created_at timestamp(3) NOT NULL DEFAULT (now() AT TIME ZONE 'utc');
