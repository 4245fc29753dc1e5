# The usual errands; Meson and ninja do the work. `make run` and `make test` install what they need (scripts/setup).
BUILD = build

.PHONY: all run test lint fuzz bench growth clean

all:
	@scripts/setup build
	@scripts/build $(BUILD)

run: all
	@scripts/run $(BUILD)

test:
	@scripts/setup test
	@scripts/test $(BUILD)

lint:
	@scripts/setup lint
	@scripts/lint

fuzz:
	@scripts/setup fuzz
	@scripts/fuzz $${SECONDS_EACH:-60}

bench:
	@scripts/setup build
	@scripts/build $(BUILD)
	@bench/run $(BUILD)
	@bench/answers $(BUILD)
	@bench/http $(BUILD)

growth:
	@scripts/setup build
	@scripts/build $(BUILD)
	@bench/growth $(BUILD)

clean:
	rm -rf build build-*
