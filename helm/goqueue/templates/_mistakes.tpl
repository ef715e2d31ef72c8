{{/* What no schema can say: values that each are right and do not go together. A sentence a line; empty: all is well. */}}

{{- define "goqueue.mistakes" -}}
{{- include "goqueue.mistakes.store" (dict "store" "postgresql" "values" .Values.postgresql "what" "database" "example" "postgresql://user:password@host:5432/goqueue") -}}
{{- include "goqueue.mistakes.store" (dict "store" "redis" "values" .Values.redis "what" "Redis" "example" "redis://host:6379/0") -}}
{{- include "goqueue.mistakes.name" . -}}
{{- include "goqueue.mistakes.access" . -}}
{{- range $pool, $worker := include "goqueue.pools" . | fromYaml -}}
{{- include "goqueue.mistakes.pool" (dict "pool" $pool "values" $worker "root" $) -}}
{{- end -}}
{{- end -}}

{{/* (store, values, what, example) */}}
{{- define "goqueue.mistakes.store" -}}
{{- $given := without (list (ternary "url" "" (not (empty .values.url))) (ternary "existingSecret" "" (not (empty .values.existingSecret))) (ternary "bundled.enabled" "" .values.bundled.enabled)) "" -}}
{{- if not $given }}
no {{ .what }} is given: set {{ .store }}.existingSecret to a Secret with its URL, or {{ .store }}.url={{ .example }}, or {{ .store }}.bundled.enabled=true to try it out
{{- else if gt (len $given) 1 }}
{{ .store }} is given more than once, by {{ join " and " $given }}: keep one of them
{{- end -}}
{{- end -}}

{{- define "goqueue.mistakes.name" -}}
{{- if not (regexMatch "^[a-z]" (include "goqueue.fullname" .)) }}
the objects would be named {{ include "goqueue.fullname" . | quote }}, and a Service must begin with a letter: set fullnameOverride to a name that does
{{- end }}
{{- end -}}

{{- define "goqueue.mistakes.access" -}}
{{- range $component := list "scheduler" "dashboard" }}
{{- if and (index $.Values $component).enabled (not $.Values.api.enabled) }}
{{ $component }}.enabled=true needs the API of the same release: set api.enabled=true, or {{ $component }}.enabled=false
{{- end }}
{{- end }}
{{- range $component := list "api" "dashboard" }}
{{- $values := index $.Values $component }}
{{- if and $values.ingress.enabled (not $values.ingress.host) }}
{{ $component }}.ingress.enabled=true needs a host: set {{ $component }}.ingress.host
{{- end }}
{{- if and $values.httpRoute.enabled (not $values.httpRoute.parentRefs) }}
{{ $component }}.httpRoute.enabled=true needs a Gateway: set {{ $component }}.httpRoute.parentRefs to [{name: NAME-OF-THE-GATEWAY}]
{{- end }}
{{- end }}
{{- include "goqueue.mistakes.range" (dict "name" "api.hpa" "scaling" .Values.api.hpa) }}
{{- include "goqueue.mistakes.targets" (dict "name" "api.hpa" "hpa" .Values.api.hpa) }}
{{- include "goqueue.mistakes.drain" (dict "name" "api" "values" .Values.api "needs" 30) }}
{{- include "goqueue.mistakes.drain" (dict "name" "dashboard" "values" .Values.dashboard "needs" 20) }}
{{- if and .Values.networkPolicy.enabled .Values.networkPolicy.clients (not .Values.networkPolicy.monitoring) .Values.monitoring.serviceMonitor.enabled }}
networkPolicy.clients keeps Prometheus from the API, which monitoring.serviceMonitor has it scrape: say in networkPolicy.monitoring where it is
{{- end }}
{{- $length := len (default "" .Values.auth.bootstrapKey) }}
{{- if and (gt $length 0) (or (lt $length 32) (gt $length 200)) }}
auth.bootstrapKey has {{ $length }} characters: use 32 to 200, such as `openssl rand -hex 32` prints
{{- end }}
{{- if and .Values.auth.bootstrapKey .Values.auth.existingSecret }}
the bootstrap key is given more than once, by auth.bootstrapKey and auth.existingSecret: keep one of them
{{- end }}
{{- end -}}

{{/* (root, pool, values) */}}
{{- define "goqueue.mistakes.pool" -}}
{{- $name := printf "worker.pools.%s" .pool -}}
{{- $worker := .values -}}
{{- if not (and (regexMatch "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" .pool) (le (len .pool) 20)) }}
the pool name {{ .pool | quote }} has {{ len .pool }} characters or some that names of objects cannot have: use up to 20 lower case letters, digits and '-'
{{- end }}
{{- if and $worker.hpa.enabled $worker.keda.enabled }}
{{ $name }} is scaled by both HPA and KEDA, which would fight: set {{ $name }}.hpa.enabled=false or {{ $name }}.keda.enabled=false
{{- end }}
{{- $needed := add (ceil $worker.shutdownTimeout | int) 15 }}
{{- $grace := include "goqueue.worker.grace" $worker | int }}
{{- if lt $grace (int $needed) }}
{{ $name }}.terminationGracePeriodSeconds={{ $grace }} would kill jobs that shutdownTimeout={{ $worker.shutdownTimeout }} lets end: leave it out, or set it to {{ $needed }} or more
{{- end }}
{{- if lt (int $worker.concurrency) (int $worker.processes) }}
{{ $name }}.concurrency={{ int $worker.concurrency }} is less than its processes, {{ int $worker.processes }}, each of which runs at least one job: raise it, or set processes to {{ int $worker.concurrency }}
{{- end }}
{{- if le (float64 $worker.lease) 5.0 }}
{{ $name }}.lease={{ $worker.lease }} is not longer than a heartbeat, 5 seconds: use 15 or more
{{- end }}
{{- range $worker.queues }}
{{- if not (regexMatch "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" .) }}
{{ $name }}.queues has {{ . | quote }}, which is no name of a queue: use 1 to 64 letters, digits, '.', '_', '-', first a letter or digit
{{- end }}
{{- end }}
{{- include "goqueue.mistakes.range" (dict "name" (printf "%s.hpa" $name) "scaling" $worker.hpa) }}
{{- include "goqueue.mistakes.range" (dict "name" (printf "%s.keda" $name) "scaling" $worker.keda) }}
{{- include "goqueue.mistakes.targets" (dict "name" (printf "%s.hpa" $name) "hpa" $worker.hpa) }}
{{- if and $worker.keda.enabled (not (dig "database" "existingSecret" "" $worker.keda)) (regexMatch "^[a-z]+\\+" (default "" .root.Values.postgresql.url)) }}
KEDA does not understand the driver in postgresql.url: write postgresql:// in place of {{ regexFind "^[a-z0-9+]+" .root.Values.postgresql.url }}://
{{- end }}
{{- end -}}

{{/* (name, values, needs: seconds to end after the drain) */}}
{{- define "goqueue.mistakes.drain" -}}
{{- $needed := add .values.drainSeconds .needs | int }}
{{- if lt (int .values.terminationGracePeriodSeconds) $needed }}
{{ .name }}.terminationGracePeriodSeconds={{ .values.terminationGracePeriodSeconds }} would cut requests off: after drainSeconds={{ .values.drainSeconds }} it may take {{ .needs }} more to end, so set it to {{ $needed }} or more
{{- end }}
{{- end -}}

{{/* (name, scaling: an hpa or keda) */}}
{{- define "goqueue.mistakes.range" -}}
{{- if and .scaling.enabled (gt (int .scaling.minReplicas) (int .scaling.maxReplicas)) }}
{{ .name }}.minReplicas={{ .scaling.minReplicas }} is more than {{ .name }}.maxReplicas={{ .scaling.maxReplicas }}: lower the one or raise the other
{{- end }}
{{- end -}}

{{/* (name, hpa) */}}
{{- define "goqueue.mistakes.targets" -}}
{{- if and .hpa.enabled (kindIs "invalid" .hpa.targetCPU) (kindIs "invalid" .hpa.targetMemory) }}
{{ .name }}.enabled=true has nothing to scale by: set {{ .name }}.targetCPU or {{ .name }}.targetMemory
{{- end }}
{{- end -}}
