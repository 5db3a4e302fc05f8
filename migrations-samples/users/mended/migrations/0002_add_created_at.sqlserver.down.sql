ALTER TABLE dbo.users DROP CONSTRAINT df_users_created_at;
GO
ALTER TABLE dbo.users DROP COLUMN created_at;
GO
