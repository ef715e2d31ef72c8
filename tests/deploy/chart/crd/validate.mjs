// Reads a JSON array of objects from standard input, and prints an array with the faults of each: ["/spec/x: what", ...], or
// null where there is no model of its kind. The models let pass fields that they do not know, so it is watched which they
// look at.
import { readFileSync } from 'node:fs'

const packages = {
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
}

async function modelOf(object) {
  const [group, version] = object.apiVersion.split('/')
  if (!packages[group]) return null
  const models = await import(`${packages[group]}/${group}/${version}/${object.kind}`)
  return models[object.kind]
}

function watched(value, path, seen) {
  if (value === null || typeof value !== 'object') return value
  return new Proxy(value, {
    get(target, name) {
      if (typeof name === 'symbol' || !Object.hasOwn(target, name)) return target[name]
      seen.add(`${path}/${name}`)
      return watched(target[name], `${path}/${name}`, seen)
    },
  })
}

function* paths(value, path) {
  if (value === null || typeof value !== 'object') return
  for (const [name, one] of Object.entries(value)) {
    yield `${path}/${name}`
    yield* paths(one, `${path}/${name}`)
  }
}

async function faults(object) {
  const Model = await modelOf(object)
  if (!Model) return null
  const seen = new Set()
  try {
    Model.prototype.validate.call(watched(object, '', seen))
  } catch (error) {
    if (!error.errors) throw error
    return error.errors.map((one) => `${one.instancePath}: ${one.message ?? one.keyword}`)
  }
  return [...paths(object, '')].filter((path) => !seen.has(path)).map((path) => `${path}: no such field`)
}

const objects = JSON.parse(readFileSync(0, 'utf8'))
console.log(JSON.stringify(await Promise.all(objects.map(faults))))
