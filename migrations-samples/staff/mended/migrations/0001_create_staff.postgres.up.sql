CREATE TABLE staff (
  id integer NOT NULL,
  name varchar(100) NOT NULL,
  salary numeric(10, 2) NOT NULL DEFAULT 0,
  CONSTRAINT pk_staff PRIMARY KEY (id)
);
