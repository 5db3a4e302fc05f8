ALTER TABLE dbo.sessions ALTER COLUMN address nvarchar(64);
