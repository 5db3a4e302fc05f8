ALTER TABLE customers ADD COLUMN phone varchar(40);
CREATE INDEX ix_customers_phone ON customers (phone) WHERE phone IS NOT NULL;
