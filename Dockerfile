# A static binary that was built beside this file, for places without a registry (.ci/container does it):
#   CGO_ENABLED=0 go build -tags container -trimpath -ldflags '-s -w' -o dist/image/understudy ./cmd/understudy
#   mkdir -p dist/image/var/lib/understudy && docker build --target prebuilt -t understudy .
FROM scratch AS prebuilt
# The classic builder runs this stage in every build. The bracket lets a clone without dist pass; one source must exist.
COPY --chown=65532:65532 go.mod dist/imag[e] /
USER 65532:65532
ENV UNDERSTUDY_HTTP=:4010 UNDERSTUDY_HTTPS=:4443 UNDERSTUDY_CA_DIR=/var/lib/understudy
EXPOSE 4010 4443
HEALTHCHECK --interval=2s --timeout=3s --retries=5 CMD ["/understudy", "healthcheck"]
ENTRYPOINT ["/understudy"]
CMD ["serve"]

FROM golang:1.26-alpine AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -tags container -trimpath -ldflags '-s -w' -o /image/understudy ./cmd/understudy && mkdir -p /image/var/lib/understudy

# The image: the binary, and a folder for the certificate authority that its user may write.
FROM scratch AS release
COPY --from=build --chown=65532:65532 /image /
USER 65532:65532
ENV UNDERSTUDY_HTTP=:4010 UNDERSTUDY_HTTPS=:4443 UNDERSTUDY_CA_DIR=/var/lib/understudy
EXPOSE 4010 4443
HEALTHCHECK --interval=2s --timeout=3s --retries=5 CMD ["/understudy", "healthcheck"]
ENTRYPOINT ["/understudy"]
CMD ["serve"]
