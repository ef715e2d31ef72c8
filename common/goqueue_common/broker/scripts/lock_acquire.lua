-- Take a lock that is free or already ours (so a lost reply heals by asking again).
-- KEYS[1]  lock
-- KEYS[2]  term counter
-- ARGV[1]  token
-- ARGV[2]  time to live in milliseconds
-- returns  {1, term} held by us; {0, milliseconds until the holder's lease ends}
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {1, tonumber(redis.call('GET', KEYS[2]) or '0')}
end
if holder then
  return {0, redis.call('PTTL', KEYS[1])}
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {1, redis.call('INCR', KEYS[2])}
