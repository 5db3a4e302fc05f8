SELECT count(*) AS sessions FROM sessions WHERE device_id IS NULL
