export default 'no test'
