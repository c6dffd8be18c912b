/** The package is a program: importing it starts its servers. https://github.com/etspaceman/kinesis-mock */
declare module 'kinesis-local';
