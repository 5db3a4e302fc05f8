ALTER TABLE sessions ADD CONSTRAINT ck_sessions_address CHECK (address <> '');
