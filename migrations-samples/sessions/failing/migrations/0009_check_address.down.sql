ALTER TABLE sessions DROP CONSTRAINT ck_sessions_address;
