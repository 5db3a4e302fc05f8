ALTER TABLE dbo.users DROP CONSTRAINT IF EXISTS df_users_created_at;
GO
ALTER TABLE dbo.users DROP COLUMN created_at;
GO
