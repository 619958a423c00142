using AuxLossRnn.Runtime;

Console.WriteLine(NativeLibraries.Report);
