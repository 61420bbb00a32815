Console.WriteLine("sidtc");
