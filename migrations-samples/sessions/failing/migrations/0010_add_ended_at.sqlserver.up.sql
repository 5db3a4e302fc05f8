ALTER TABLE dbo.sessions ADD ended_at datetime2(3) NULL;
