let a = 
