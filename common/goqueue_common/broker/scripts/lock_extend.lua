-- Extend a lock only if it is still ours.
-- KEYS[1]  lock
-- ARGV[1]  token
-- ARGV[2]  time to live in milliseconds
-- returns  1 extended, 0 it is no longer ours
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
