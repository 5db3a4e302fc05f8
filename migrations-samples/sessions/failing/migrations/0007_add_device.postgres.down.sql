ALTER TABLE sessions DROP CONSTRAINT fk_sessions_devices;
ALTER TABLE sessions DROP COLUMN device_id;
