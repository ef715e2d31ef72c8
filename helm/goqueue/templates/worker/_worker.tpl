{{/* (root, pool, values) */}}
{{- define "goqueue.worker.env" -}}
{{ include "goqueue.env.database" (dict "root" .root) }}
{{ include "goqueue.env.service" .root }}
- name: GOQUEUE_WORKER_BIND
  value: "0.0.0.0:8081"
- name: GOQUEUE_HANDLERS
  value: {{ join "," .values.handlers | quote }}
{{- with .values.appDir }}
- name: GOQUEUE_APP_DIR
  value: {{ . | quote }}
{{- end }}
{{- with .values.queues }}
- name: GOQUEUE_QUEUES
  value: {{ join "," . | quote }}
{{- end }}
- name: GOQUEUE_CONCURRENCY
  value: {{ .values.concurrency | int | quote }}
- name: GOQUEUE_PROCESSES
  value: {{ .values.processes | int | quote }}
- name: GOQUEUE_LEASE
  value: {{ .values.lease | quote }}
- name: GOQUEUE_SHUTDOWN_TIMEOUT
  value: {{ .values.shutdownTimeout | quote }}
- name: GOQUEUE_MAX_JOBS
  value: {{ .values.maxJobs | int | quote }}
- name: GOQUEUE_MAX_MEMORY
  value: {{ .values.maxMemory | int | quote }}
- name: GOQUEUE_MEDIA_ROOT
  value: /media
{{- range $status, $days := .root.Values.worker.keep }}
- name: GOQUEUE_KEEP_{{ upper $status }}
  value: {{ $days | quote }}
{{- end }}
{{- end -}}

{{/*
(root, pool, values). The worker's own word on whether its loops turn; a store that is away never fails liveness. A worker kills
a child that is stuck itself, after a lease and a minute, and says so from half of that on: the pod, with the jobs of all
children, goes only when that has not helped.
*/}}
{{- define "goqueue.worker.probes" -}}
startupProbe:
  {{- include "goqueue.probe" (dict "path" "/healthz" "port" "metrics" "period" 2 "failures" 60) | nindent 2 }}
livenessProbe:
  {{- $patience := add (divf (addf .values.lease 60) 20 | ceil | int) 2 }}
  {{- include "goqueue.probe" (dict "path" "/healthz" "port" "metrics" "period" 10 "failures" $patience) | nindent 2 }}
readinessProbe:
  {{- include "goqueue.probe" (dict "path" "/readyz" "port" "metrics" "period" 5 "failures" 2) | nindent 2 }}
{{- end -}}

{{/* Of a pool. */}}
{{- define "goqueue.worker.volumes" -}}
- name: media
  {{- if .media.existingClaim }}
  persistentVolumeClaim:
    claimName: {{ .media.existingClaim | quote }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ .media.sizeLimit }}
  {{- end }}
{{- end -}}

{{/* Of a pool: what the worker itself takes at most to end, and then some. */}}
{{- define "goqueue.worker.grace" -}}
{{- if kindIs "invalid" .terminationGracePeriodSeconds -}}
{{- add (ceil .shutdownTimeout | int) 35 -}}
{{- else -}}
{{- int .terminationGracePeriodSeconds -}}
{{- end -}}
{{- end -}}
