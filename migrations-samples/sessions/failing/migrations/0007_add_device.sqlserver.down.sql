ALTER TABLE dbo.sessions DROP CONSTRAINT fk_sessions_devices;
GO
ALTER TABLE dbo.sessions DROP COLUMN device_id;
GO
