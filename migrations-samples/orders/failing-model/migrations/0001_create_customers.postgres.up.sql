CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY,
  email varchar(200) NOT NULL,
  full_name varchar(200) NOT NULL,
  active boolean NOT NULL DEFAULT true,
  created_at timestamp(3) NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  CONSTRAINT pk_customers PRIMARY KEY (id),
  CONSTRAINT uq_customers_email UNIQUE (email)
);
COMMENT ON TABLE customers IS 'People and companies that order';
