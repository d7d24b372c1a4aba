# syntax=docker/dockerfile:1
# One stage builds, one installs what production needs, one runs as an ordinary user.
FROM node:24-slim AS build
WORKDIR /lossd
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:24-slim AS production
WORKDIR /lossd
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-slim
LABEL org.opencontainers.image.title="lossd" \
      org.opencontainers.image.description="Evaluates machine-learning loss functions over HTTP: values and gradients with PyTorch's semantics" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0"
ENV NODE_ENV=production
WORKDIR /lossd
COPY --from=production /lossd/node_modules node_modules
COPY --from=build /lossd/build/src build/src
COPY package.json LICENSE ./
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/livez`).then(reply => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
# As `npm start`: with a small young generation, and without the Maglev compiler, whose jobs can hold 30 MB at once.
CMD ["node", "--max-semi-space-size=2", "--no-maglev", "build/src/server.js"]
