-- Sessions that exist are from before the new login; those to come are not.
ALTER TABLE sessions ADD COLUMN legacy boolean NOT NULL DEFAULT true;
ALTER TABLE sessions ALTER COLUMN legacy SET DEFAULT false;
