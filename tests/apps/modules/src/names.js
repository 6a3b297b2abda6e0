/** What the modules of Socket Runtime 0.5.4 export, as far as this runtime has them. */
export const names = {
  'application': 'backend config createWindow debug default exit getCurrentWindow getCurrentWindowIndex getScreenSize getWindow getWindows runtimeVersion setSystemMenu setSystemMenuItemEnabled',
  'buffer': 'Buffer INSPECT_MAX_BYTES SlowBuffer default kMaxLength',
  'console': 'Console default globalConsole patchGlobalConsole',
  'errors': 'ABORT_ERR AbortError BadRequestError ENCODING_ERR EncodingError FinalizationRegistryCallbackError INDEX_SIZE_ERR INVALID_ACCESS_ERR IllegalConstructorError IndexSizeError InternalError InvalidAccessError ModuleNotFoundError NETWORK_ERR NOT_ALLOWED_ERR NOT_FOUND_ERR NOT_SUPPORTED_ERR NetworkError NotAllowedError NotFoundError NotSupportedError OPERATION_ERR OperationError SECURITY_ERR SecurityError TIMEOUT_ERR TimeoutError default kInternalErrorCode',
  'events': 'CustomEvent ErrorEvent Event EventEmitter EventTarget MessageEvent default once',
  'fs': 'Dir DirectoryHandle Dirent FileHandle ReadStream Stats Watcher WriteStream access appendFile chmod chown close constants copyFile createReadStream createWriteStream default fds fstat fsync ftruncate lchown link mkdir open opendir promises read readFile readdir readlink realpath rename rmdir stat symlink unlink watch writeFile',
  'fs/constants': 'COPYFILE_EXCL COPYFILE_FICLONE COPYFILE_FICLONE_FORCE F_OK O_APPEND O_ASYNC O_CLOEXEC O_CREAT O_DIRECT O_DIRECTORY O_DSYNC O_EXCL O_LARGEFILE O_NDELAY O_NOATIME O_NOCTTY O_NOFOLLOW O_NONBLOCK O_PATH O_RDONLY O_RDWR O_SYNC O_TMPFILE O_TRUNC O_WRONLY R_OK S_IFBLK S_IFCHR S_IFDIR S_IFIFO S_IFLNK S_IFMT S_IFREG S_IFSOCK S_IRGRP S_IROTH S_IRUSR S_IRWXG S_IRWXO S_IRWXU S_IWGRP S_IWOTH S_IWUSR S_IXGRP S_IXOTH S_IXUSR UV_DIRENT_BLOCK UV_DIRENT_CHAR UV_DIRENT_DIR UV_DIRENT_FIFO UV_DIRENT_FILE UV_DIRENT_LINK UV_DIRENT_SOCKET UV_DIRENT_UNKNOWN UV_FS_SYMLINK_DIR UV_FS_SYMLINK_JUNCTION W_OK X_OK default',
  'fs/dir': 'Dir Dirent default kType sortDirectoryEntries',
  'fs/fds': 'default',
  'fs/flags': 'default normalizeFlags',
  'fs/handle': 'DirectoryHandle FileHandle default kClosed kClosing kOpening',
  'fs/index': 'Dir DirectoryHandle Dirent FileHandle ReadStream Stats Watcher WriteStream access appendFile chmod chown close constants copyFile createReadStream createWriteStream default fds fstat fsync ftruncate lchown link mkdir open opendir promises read readFile readdir readlink realpath rename rmdir stat symlink unlink watch writeFile',
  'fs/promises': 'Dir DirectoryHandle Dirent FileHandle ReadStream Stats Watcher WriteStream access chmod chown constants copyFile default fds lchown link mkdir open opendir readFile readdir readlink realpath rename rmdir stat symlink unlink watch writeFile',
  'fs/stats': 'Stats default',
  'fs/stream': 'DEFAULT_STREAM_HIGH_WATER_MARK FileReadStream FileWriteStream ReadStream WriteStream default',
  'fs/watcher': 'Watcher default',
  'hooks': 'GLOBAL_EVENTS Hooks InitEvent LoadEvent RUNTIME_INIT_EVENT_NAME ReadyEvent RuntimeInitEvent default onApplicationURL onData onError onInit onLanguageChange onLoad onMessage onNotificationPresented onNotificationResponse onOffline onOnline onPermissionChange onReady',
  'ipc': 'ERROR Headers Message OK Result TIMEOUT createBinding debug default emit kDebugEnabled parseSeq postMessage primordials ready request resolve send sendSync write',
  'os': 'EOL arch availableMemory cpus default host hrtime isWindows networkInterfaces platform rusage tmpdir type uname uptime',
  'path': 'DESKTOP DOCUMENTS DOWNLOADS HOME MUSIC PICTURES Path RESOURCES VIDEOS basename cwd default delimiter dirname extname format isAbsolute join normalize parse posix relative resolve sep win32',
  'path/index': 'DESKTOP DOCUMENTS DOWNLOADS HOME MUSIC PICTURES Path RESOURCES VIDEOS default posix win32',
  'path/path': 'Path basename cwd default dirname extname format join normalize origin parse relative resolve',
  'path/posix': 'DESKTOP DOCUMENTS DOWNLOADS MUSIC PICTURES Path RESOURCES VIDEOS basename cwd default delimiter dirname extname format isAbsolute join normalize parse posix relative resolve sep win32',
  'path/well-known': 'DESKTOP DOCUMENTS DOWNLOADS HOME MUSIC PICTURES RESOURCES VIDEOS default',
  'path/win32': 'DESKTOP DOCUMENTS DOWNLOADS MUSIC PICTURES Path RESOURCES VIDEOS basename cwd default delimiter dirname extname format isAbsolute join normalize parse posix relative resolve sep win32',
  'process': 'default exit homedir hrtime memoryUsage nextTick',
  'stream': 'Duplex FastFIFO FixedFIFO PassThrough Pipeline Readable ReadableState Stream Transform TransformState Writable WritableState default isReadStreamx isStream isStreamx pipeline pipelinePromise',
  'test': 'GLOBAL_TEST_RUNNER Test TestRunner default getDefaultTestRunnerTimeout only setStrict skip test',
  'test/context': 'default',
  'test/dom-helpers': 'event isElementVisible toElement waitFor waitForText',
  'test/fast-deep-equal': 'default',
  'test/harness': 'TapeHarness default wrapHarness',
  'test/index': 'GLOBAL_TEST_RUNNER Test TestRunner default getDefaultTestRunnerTimeout only setStrict skip test',
  'url': 'URL URLPattern URLSearchParams default parse parseURL resolve',
  'url/index': 'URL URLPattern URLSearchParams default parse parseURL resolve',
  'util': 'IllegalConstructor InvertedPromise clamp compareBuffers default format hasOwnProperty inspect isArgumentsObject isArrayBuffer isArrayBufferView isArrayLike isAsyncFunction isBufferLike isClass isEmptyObject isErrorLike isFunction isObject isPlainObject isPromiseLike isTypedArray isValidPercentageValue noop parseHeaders parseJSON promisify splitBuffer toBuffer toProperCase toString',
  'window': 'ApplicationWindow constants default formatURL',
  'window/constants': 'WINDOW_CLOSED WINDOW_CLOSING WINDOW_CREATED WINDOW_CREATING WINDOW_ERROR WINDOW_EXITED WINDOW_EXITING WINDOW_HIDDEN WINDOW_HIDING WINDOW_KILLED WINDOW_KILLING WINDOW_NONE WINDOW_SHOWING WINDOW_SHOWN default'
}

/** Its modules that this runtime does not have yet. */
export const absent = `
  bluetooth crypto crypto/sodium dgram diagnostics diagnostics/channels diagnostics/index
  diagnostics/metric diagnostics/window dns dns/index dns/promises enumeration extension fetch
  fetch/fetch fetch/index fs/web gc i18n language location mime mime/index module net network
  notification stream-relay stream-relay/cache stream-relay/encryption stream-relay/index
  stream-relay/nat stream-relay/packets stream-relay/sugar worker
`.trim().split(/\s+/)
