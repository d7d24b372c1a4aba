# syntax=docker/dockerfile:1
# One stage builds, one installs what production needs, one lays out a root with node and nothing else that can be run; the image is
# that root. It has no shell, needs no capability and writes no file: run it with `--read-only --cap-drop ALL --security-opt no-new-privileges`.
FROM node:24-slim AS build
WORKDIR /lossd
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:24-slim AS production
WORKDIR /lossd
COPY package.json package-lock.json .npmrc ./
COPY deploy/sbom.mjs deploy/
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/.bin && node deploy/sbom.mjs > sbom.cdx.json

FROM node:24-slim AS root
COPY deploy/root.sh .
RUN sh root.sh /image

FROM scratch
ARG VERSION=0.2.0
LABEL org.opencontainers.image.title="lossd" \
      org.opencontainers.image.description="Evaluates machine-learning loss functions over HTTP: values and gradients with PyTorch's semantics" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION"
COPY --from=root /image /
WORKDIR /lossd
COPY --from=production /lossd/node_modules node_modules
COPY --from=production /lossd/sbom.cdx.json ./
COPY --from=build /lossd/build/src build/src
COPY package.json LICENSE ./
ENV PATH=/usr/local/bin NODE_ENV=production
USER 1000:1000
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", "require('http').get({ host: process.env.HOST || '127.0.0.1', port: process.env.PORT || 3000, path: '/livez' }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# As `npm start`: with a small young generation, and without the Maglev compiler, whose jobs can hold 30 MB at once.
CMD ["node", "--max-semi-space-size=2", "--no-maglev", "build/src/server.js"]
