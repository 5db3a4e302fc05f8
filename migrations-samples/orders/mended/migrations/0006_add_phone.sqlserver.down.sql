DROP INDEX ix_customers_phone ON dbo.customers;
GO
ALTER TABLE dbo.customers DROP COLUMN phone;
GO
