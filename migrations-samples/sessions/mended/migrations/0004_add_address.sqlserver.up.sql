ALTER TABLE dbo.sessions ADD address nvarchar(45) NULL;
