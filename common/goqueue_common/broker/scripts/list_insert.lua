-- Insert ids into a list so that they are popped right after a given id; if it is not near the tail, before all others.
-- KEYS[1]  list
-- ARGV[1]  the id to be popped before them; '' for none
-- ARGV[2]  how many ids to search for it, from the tail
-- ARGV     from the third on: the ids, the one to be popped first comes first
-- returns  1 inserted; 0 the first of them is already there, right after the given id
local CHUNK = 1000 -- unpack takes a few thousand values at most

local function push(ids, last)
  -- The last one first, so that the first one becomes the tail.
  local chunk = {}
  for i = #ids, last, -1 do
    chunk[#chunk + 1] = ids[i]
    if #chunk == CHUNK or i == last then
      redis.call('RPUSH', KEYS[1], unpack(chunk))
      chunk = {}
    end
  end
end

local earlier = {}
local index = ARGV[1] ~= '' and redis.call('LPOS', KEYS[1], ARGV[1], 'RANK', -1, 'MAXLEN', ARGV[2])
if index then
  if index > 0 and redis.call('LINDEX', KEYS[1], index - 1) == ARGV[3] then
    return 0
  end
  earlier = redis.call('RPOP', KEYS[1], redis.call('LLEN', KEYS[1]) - index)
end
push(ARGV, 3)
push(earlier, 1)
return 1
