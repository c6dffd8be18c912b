export * from '@weir/local-stack';
