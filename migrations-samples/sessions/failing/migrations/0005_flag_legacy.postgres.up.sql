-- Sessions that exist are from before the new login; those to come are not.
ALTER TABLE sessions ADD COLUMN legacy boolean NOT NULL DEFAULT false;
