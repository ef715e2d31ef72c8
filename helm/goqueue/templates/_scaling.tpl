{{/* How many pods there are, and how many may be missing. */}}

{{/* (root, component, pool, values): a HorizontalPodAutoscaler, where values.hpa asks for one. */}}
{{- define "goqueue.hpa" -}}
{{- with .values.hpa }}
{{- if .enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "goqueue.metadata" (omit $ "values") | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "goqueue.name" $ }}
  minReplicas: {{ .minReplicas }}
  maxReplicas: {{ .maxReplicas }}
  metrics:
    {{- range $resource, $percent := dict "cpu" .targetCPU "memory" .targetMemory }}
    {{- if not (kindIs "invalid" $percent) }}
    - type: Resource
      resource:
        name: {{ $resource }}
        target:
          type: Utilization
          averageUtilization: {{ $percent }}
    {{- end }}
    {{- end }}
  {{- with .behavior }}
  behavior:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* (values): whether something else sets the number of pods. The chart must not name it then: the two would fight. */}}
{{- define "goqueue.isScaled" -}}
{{- if or (dig "hpa" "enabled" false .values) (dig "keda" "enabled" false .values) }}true{{ end -}}
{{- end -}}

{{/* Whether any pool is scaled by KEDA. */}}
{{- define "goqueue.asksKeda" -}}
{{- range $worker := include "goqueue.pools" . | fromYaml }}{{ if $worker.keda.enabled }}true{{ end }}{{ end -}}
{{- end -}}

{{/* (values): most pods. */}}
{{- define "goqueue.mostPods" -}}
{{- if dig "keda" "enabled" false .values -}}
{{- .values.keda.maxReplicas -}}
{{- else if dig "hpa" "enabled" false .values -}}
{{- .values.hpa.maxReplicas -}}
{{- else -}}
{{- .values.replicas -}}
{{- end -}}
{{- end -}}

{{/* (root, component, pool, values): a PodDisruptionBudget, where there may be two pods. It never keeps a node from being emptied. */}}
{{- define "goqueue.pdb" -}}
{{- if and .values.pdb.enabled (ge (include "goqueue.mostPods" . | int) 2) }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "goqueue.metadata" (omit . "values") | nindent 2 }}
spec:
  maxUnavailable: {{ .values.pdb.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "goqueue.selector" . | nindent 6 }}
{{- end }}
{{- end -}}
