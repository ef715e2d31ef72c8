-- Remove ids from the tail of a list, as far as they still lie there one after the other.
-- KEYS[1]  list
-- ARGV     ids, the one nearest to the tail first; those popped meanwhile are passed over
-- returns  how many were removed
local removed = 0
local tail = redis.call('LINDEX', KEYS[1], -1)
for _, id in ipairs(ARGV) do
  if id == tail then
    redis.call('RPOP', KEYS[1])
    removed = removed + 1
    tail = redis.call('LINDEX', KEYS[1], -1)
  end
end
return removed
