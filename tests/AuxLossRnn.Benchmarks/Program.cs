using System.CommandLine;
using AuxLossRnn.Benchmarks;
using AuxLossRnn.Benchmarks.Sections;
using AuxLossRnn.Cli;
using AuxLossRnn.Runtime;
using Spectre.Console;

// First of all: what this program then does loads libtorch.
HugePages.Restart();
if (args is [ChildProgram.Argument, .. var arguments])
{
    ChildProgram.Run(arguments);
    return 0;
}

const string Published = "data/results/benchmarks.json";
(string Name, Action<Settings, Report> Measure)[] sections =
[
    ("joint", JointSection.Measure),
    ("floor", FloorSection.Measure),
    ("variants", VariantsSection.Measure),
    ("rivals", RivalsSection.Measure),
    ("memory", MemorySection.Measure),
    ("startup", StartupSection.Measure),
    ("threads", ThreadsSection.Measure),
    ("optimisations", OptimisationsSection.Measure),
    ("stream", StreamSection.Measure),
];
var only = new Option<string?>("--only") { Description = $"Some sections, with commas between: {string.Join(", ", sections.Select(section => section.Name))}." };
var quick = new Option<bool>("--quick") { Description = "Short sequences and few repetitions: shows that it runs, and no more." };
var markdown = new Option<bool>("--markdown") { Description = "Print the tables as Markdown." };
var tables = new Option<bool>("--tables") { Description = $"Measure nothing: print the tables of docs/speed.md from {Published}." };
var output = new Option<string?>("--out") { Description = $"The JSON file; {Published} where everything is measured, otherwise none." };
var device = new Option<string>("--device") { Description = "cpu, or cuda for the sections joint, floor and variants.", DefaultValueFactory = _ => "cpu" };
var root = new RootCommand("Measures time and memory of the kit's steps. Leave the machine alone meanwhile.") { only, quick, markdown, tables, output, device };
root.SetAction(parsed =>
{
    if (parsed.GetValue(tables))
    {
        PublishedTables.Write(Results.Read(Published).Values, Console.Out);
        return 0;
    }

    string[] chosen = parsed.GetValue(only)?.Split(',') ?? [.. sections.Select(section => section.Name)];
    if (chosen.Except(sections.Select(section => section.Name)).FirstOrDefault() is string unknown)
    {
        Console.Error.WriteLine($"There is no section '{unknown}' for --only. See --help for those that exist.");
        return 2;
    }

    if (Console.IsOutputRedirected)
    {
        AnsiConsole.Profile.Width = 1000; // a file has no margin
    }

    if (InstructionSet.Forgotten.ToArray() is { Length: > 0 } forgotten)
    {
        Console.Error.WriteLine($"libtorch would use AVX-512 where the kit does not: set {string.Join(' ', forgotten)} too.");
        return 2;
    }

    TorchThreads.Use();
    try
    {
        Steps.Device = Devices.Choose(parsed.GetValue(device)!);
    }
    catch (UserException refusal)
    {
        Console.Error.WriteLine(refusal.Message);
        return 2;
    }

    if (Steps.Device.type == TorchSharp.DeviceType.CUDA && parsed.GetValue(only) is null)
    {
        chosen = ["joint", "floor", "variants"];
    }

    var settings = new Settings(parsed.GetValue(quick));
    var report = new Report(parsed.GetValue(markdown) ? TableBorder.Markdown : Console.IsOutputRedirected ? TableBorder.Ascii : TableBorder.Rounded);
    foreach ((string name, Action<Settings, Report> measure) in sections.Where(section => chosen.Contains(section.Name)))
    {
        report.Section(name, () => measure(settings, report));
    }

    bool whole = chosen.Length == sections.Length && !settings.Quick;
    if ((parsed.GetValue(output) ?? (whole ? Published : null)) is string path)
    {
        report.Write(path);
        Console.Error.WriteLine($"written to {path}");
    }

    return 0;
});
return root.Parse(args).Invoke();
