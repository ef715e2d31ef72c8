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
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then
    -- No holder writes it so: a restore or a migration took the end of its lease away, and nobody would lead any more.
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    left = tonumber(ARGV[2])
  end
  return {0, left}
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {1, redis.call('INCR', KEYS[2])}
