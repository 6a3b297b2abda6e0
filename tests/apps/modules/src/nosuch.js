import 'socket:nosuch'
