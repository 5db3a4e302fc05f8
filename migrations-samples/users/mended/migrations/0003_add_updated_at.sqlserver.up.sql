ALTER TABLE dbo.users ADD updated_at datetime2(3) NULL;
