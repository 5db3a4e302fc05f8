ALTER TABLE sessions ADD COLUMN device_id integer;
ALTER TABLE sessions ADD CONSTRAINT fk_sessions_devices FOREIGN KEY (device_id) REFERENCES devices (id);
