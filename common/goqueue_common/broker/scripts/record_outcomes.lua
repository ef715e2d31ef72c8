-- Record outcomes of attempts, unless their worker has been declared lost.
-- KEYS[1]  acks hash
-- KEYS[2]  fence of the worker
-- ARGV     field, value, field, value, ...
-- returns  1 recorded, 0 refused: the worker is fenced
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1
