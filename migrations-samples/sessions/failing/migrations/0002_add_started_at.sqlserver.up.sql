ALTER TABLE dbo.sessions ADD started_at datetime2(3) NULL;
