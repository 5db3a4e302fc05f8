CREATE TABLE devices (
  id integer NOT NULL,
  name varchar(100) NOT NULL,
  CONSTRAINT pk_devices PRIMARY KEY (id)
);
