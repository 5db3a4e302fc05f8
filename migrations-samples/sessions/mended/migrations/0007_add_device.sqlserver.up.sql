ALTER TABLE dbo.sessions ADD device_id int NULL;
GO
ALTER TABLE dbo.sessions ADD CONSTRAINT fk_sessions_devices FOREIGN KEY (device_id) REFERENCES dbo.devices (id);
GO
