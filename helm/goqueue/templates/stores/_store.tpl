{{/*
(root, component, values: of postgresql.bundled or redis.bundled, uid, container: YAML, path: of its data, writable: other
folders that it writes): a store of one pod, for trying out.
*/}}
{{- define "goqueue.store" -}}
{{- $context := dict "root" .root "component" .component -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "goqueue.metadata" $context | nindent 2 }}
spec:
  ports:
    - name: {{ .component }}
      port: {{ .port }}
      targetPort: {{ .component }}
      protocol: TCP
  selector:
    {{- include "goqueue.selector" $context | nindent 4 }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "goqueue.metadata" $context | nindent 2 }}
spec:
  serviceName: {{ include "goqueue.name" $context }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "goqueue.selector" $context | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "goqueue.labels" $context | nindent 8 }}
    spec:
      serviceAccountName: {{ include "goqueue.serviceAccount" .root | quote }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . | quote }}
        {{- end }}
      {{- end }}
      securityContext:
        {{- include "goqueue.podSecurity" (dict "root" .root "uid" .uid "fsGroup" .uid) | nindent 8 }}
      terminationGracePeriodSeconds: 120
      containers:
        - name: {{ .component }}
          image: {{ .values.image }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          ports:
            - name: {{ .component }}
              containerPort: {{ .port }}
              protocol: TCP
          {{- .container | nindent 10 }}
          resources:
            {{- include "goqueue.resources" .values.resources | nindent 12 }}
          securityContext:
            {{- include "goqueue.containerSecurity" .root | nindent 12 }}
          volumeMounts:
            - name: data
              mountPath: {{ .path }}
            {{- range .writable }}
            - name: scratch
              mountPath: {{ . }}
              subPath: {{ base . }}
            {{- end }}
      volumes:
        - name: scratch
          emptyDir: {}
  volumeClaimTemplates:
    - metadata:
        name: data
        labels:
          {{- include "goqueue.selector" $context | nindent 10 }}
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .values.storageClass }}
        storageClassName: {{ . | quote }}
        {{- end }}
        resources:
          requests:
            storage: {{ .values.storage }}
{{- end -}}
