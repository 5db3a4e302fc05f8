DROP INDEX ix_customers_phone;
ALTER TABLE customers DROP COLUMN phone;
