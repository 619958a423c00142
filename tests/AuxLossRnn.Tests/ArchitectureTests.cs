using System.Text.RegularExpressions;

namespace AuxLossRnn.Tests;

/// <summary>The layers of the core and the order of the projects hold: nothing refers back up.</summary>
public sealed partial class ArchitectureTests
{
    private const int MostLines = 8_000;
    private const string Core = "AuxLossRnn";
    private const string Kernels = "AuxLossRnn.Kernels";

    // A namespace may refer to those before it. Native loads libtorch before anything else runs: it takes files and folders from
    // Runtime, which must do without it. Runs is what a run leaves on disk: it must be readable without the trainer. The kernels are a
    // project of their own below the core, where the unsafe code is alone; Runtime must do without them.
    private static readonly string[] Layers =
    [
        "Runtime", "Runtime.Native", "Kernels", "Sequences", "Models", "AuxiliaryLosses", "Specs", "Training.Runs", "Training",
    ];

    private static readonly (string Project, string[] Namespaces)[] Projects =
    [
        (Core, Layers),
        ("AuxLossRnn.Data", ["Data"]),
        ("AuxLossRnn.Experiments", ["Experiments", "Figures"]),
        ("", ["Charts", "Browser", "Notebooks", "Cli"]), // programs, and what they load
    ];

    // All that a reference may name, the longest first, so that Training.Runs.X is not taken for Training.
    private static readonly string[] Names = [.. Projects.SelectMany(project => project.Namespaces).OrderByDescending(name => name.Length)];

    private static string Sources => Path.Combine(Checkout.Folder, "src");

    [Fact]
    public void No_source_refers_to_a_layer_or_a_project_above_its_own()
    {
        string[] found = [.. Projects.SkipLast(1).Select(project => project.Project).Append(Kernels).SelectMany(Files).SelectMany(file => Breaches(file, File.ReadAllText(Path.Combine(Sources, file))))];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Fact]
    public void No_child_of_a_folder_uses_a_type_of_its_parent_that_it_must_do_without()
    {
        // Of its parent a namespace sees every type, without a using and without a qualified name.
        string[] types = [.. Files("AuxLossRnn/Training").Where(file => !file.Contains("/Runs/", StringComparison.Ordinal))
            .SelectMany(file => TypeDeclaration().Matches(Code(File.ReadAllText(Path.Combine(Sources, file)))).Select(match => match.Groups[1].Value))];
        string[] found = [.. Files("AuxLossRnn/Training/Runs").SelectMany(file => Mentions(file, File.ReadAllText(Path.Combine(Sources, file)), types))];
        Assert.Contains("Trainer", types);
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Fact]
    public void The_projects_refer_to_those_below_them_alone()
    {
        string[] order = [Kernels, .. Projects.SkipLast(1).Select(project => project.Project)];
        foreach (string project in order)
        {
            string text = File.ReadAllText(Path.Combine(Sources, project, $"{project}.csproj"));
            string[] references = [.. ProjectReference().Matches(text).Select(match => match.Groups[1].Value)];
            Assert.All(references, reference => Assert.InRange(Array.IndexOf(order, reference), 0, Array.IndexOf(order, project) - 1));
            Assert.DoesNotContain("<Using ", text, StringComparison.Ordinal); // usings stand in the sources, where this test reads them
        }
    }

    [Fact]
    public void The_folders_are_the_namespaces()
    {
        Assert.All(Files("AuxLossRnn"), file =>
        {
            string written = NamespaceDeclaration().Match(File.ReadAllText(Path.Combine(Sources, file))).Groups[1].Value;
            string folder = Path.GetDirectoryName(file)!.Replace('\\', '/').Replace('/', '.');
            Assert.Contains(written["AuxLossRnn.".Length..], Layers);
            Assert.Equal(folder, written);
        });
    }

    [Fact]
    public void The_core_is_small_enough_to_be_read() =>
        Assert.InRange(Files("AuxLossRnn").Sum(file => File.ReadLines(Path.Combine(Sources, file)).Count()), 1, MostLines);

    [Fact]
    public void A_file_of_more_than_300_lines_says_why_in_its_first_comment()
    {
        string[] silent = [.. Directory.EnumerateDirectories(Sources).SelectMany(folder => Files(Path.GetFileName(folder)))
            .Select(file => (file, text: File.ReadAllText(Path.Combine(Sources, file))))
            .Where(one => one.text.Count(letter => letter == '\n') > 300 && !FirstComment().Match(one.text).Value.Contains("Over 300 lines, because", StringComparison.Ordinal))
            .Select(one => one.file)];
        Assert.Empty(silent);
    }

    /// <summary>What once ran back up, as it was written or as it might be written now.</summary>
    [Theory]
    [InlineData("AuxLossRnn/Sequences/SequenceFormat.cs", "using AuxLossRnn.Training;\nint a = AuxiliaryLossModel.ByteLevels;", 1)]
    [InlineData("AuxLossRnn/Sequences/SequenceFormat.cs", "\nint a = Training.AuxiliaryLossModel.ByteLevels;", 2)]
    [InlineData("AuxLossRnn/Sequences/SequenceFormat.cs", "\nusing Data = AuxLossRnn.Data.OwnSequences;", 2)]
    [InlineData("AuxLossRnn/AuxiliaryLosses/TokenPredictor.cs", "using System;\nusing AuxLossRnn.Training;\nvar a = StepProfile.Current;", 2)]
    [InlineData("AuxLossRnn.Kernels/RecurrentFunction.cs", "using AuxLossRnn.Models;\nPrecision a; Activation b; ReadResult c; FeedForward d;", 1)]
    [InlineData("AuxLossRnn.Kernels/RecurrentFunction.cs", "\n\nModels.Precision a;", 3)]
    [InlineData("AuxLossRnn.Kernels/RecurrentFunction.cs", "using static AuxLossRnn.Models.Precision;", 1)]
    [InlineData("AuxLossRnn/Runtime/NotebookHost.cs", "using AuxLossRnn.Figures;\nvar a = new HtmlText(\"\");", 1)]
    [InlineData("AuxLossRnn/Runtime/ComputationChecks.cs", "using AuxLossRnn.Kernels;\nvar a = RecurrentFunction.IsSupported;", 1)]
    [InlineData("AuxLossRnn/Training/Trainer.cs", "using AuxLossRnn.Experiments;\nExperimentSpec a; ResultTables b;", 1)]
    [InlineData("AuxLossRnn/Training/Evaluator.cs", "var a = Experiments.ResultTables.Published();", 1)]
    [InlineData("AuxLossRnn/Training/LiveTrainingView.cs", "using AuxLossRnn.Figures;\nIFigureBuilder a;", 1)]
    [InlineData("AuxLossRnn/Training/LiveTrainingView.cs", "var a = Figures.Figures.Default;", 1)]
    [InlineData("AuxLossRnn/Specs/SpecCheck.cs", "using AuxLossRnn.Figures;\nvar a = Series.ModelName(model);", 1)]
    [InlineData("AuxLossRnn/Specs/SpecCheck.cs", "var a = $\"{Figures.Series.ModelName(model)}: no\";", 1)]
    [InlineData("AuxLossRnn/Specs/SpecCheck.cs", "var a = global::AuxLossRnn.Figures.Series.OfTest(result);", 1)]
    [InlineData("AuxLossRnn/Specs/SpecCheck.cs", "global using AuxLossRnn.Training.Runs;", 1)]
    [InlineData("AuxLossRnn/Training/Runs/RunFolder.cs", "using AuxLossRnn.Training;", 1)]
    [InlineData("AuxLossRnn/Training/Runs/RunFolder.cs", "Training.Trainer a;", 1)]
    [InlineData("AuxLossRnn/Runtime/Devices.cs", "Native.OpenMp a;", 1)]
    [InlineData("AuxLossRnn/Models/MainPass.cs", "/* a */ /* b\n */ Training . Trainer a;", 2)]
    [InlineData("AuxLossRnn.Data/Own/Predictor.cs", "using AuxLossRnn.Experiments;", 1)]
    [InlineData("AuxLossRnn.Data/Own/Predictor.cs", "var a = Figures.Series.OfTest(b);", 1)]
    [InlineData("AuxLossRnn.Experiments/Figures/Series.cs", "using AuxLossRnn.Charts;", 1)]
    public void A_reference_upwards_is_reported_with_its_line(string file, string source, int line) =>
        Assert.StartsWith($"{file}({line}): ", Assert.Single(Breaches(file, source)), StringComparison.Ordinal);

    [Theory]
    [InlineData("AuxLossRnn/Training/Trainer.cs", "using AuxLossRnn.Training.Runs;\nusing AuxLossRnn.Kernels;\nvar a = Runtime.Devices.Backend; Sequences.DatasetNames b; Runs.RunFolder c;")]
    [InlineData("AuxLossRnn/Specs/SpecCheck.cs", "// Training.Trainer\n/* Figures.Series */ /// <see cref=\"Training.Trainer\"/>\nvar a = \"Training.Trainer, AuxLossRnn.Figures.Series\"; var b = $\"Data.X {c} Figures.Y\";")]
    [InlineData("AuxLossRnn/Specs/SpecCheck.cs", "var a = @\"\"\"Training.Trainer\"; var b = \"\"\"\n  \"Training.Trainer\"\n  \"\"\"; char c = '\"'; char d = '\\''; var e = \"\\\"Figures.Series\";")]
    [InlineData("AuxLossRnn/Specs/SpecCheck.cs", "var a = spec.Training.Steps; var b = MyData.Count; var c = this.Data.Length; Microsoft.Data.Analysis.DataFrame d;")]
    [InlineData("AuxLossRnn.Experiments/GradientFlow.cs", "using AuxLossRnn.Training;\nusing AuxLossRnn.Data;\nFigures.Series a;")]
    public void A_reference_downwards_or_in_words_is_none(string file, string source) => Assert.Empty(Breaches(file, source));

    [Fact]
    public void A_type_of_the_parent_is_reported_with_its_line() =>
        Assert.Equal(["a.cs(2): Trainer"], Mentions("a.cs", "int trainer; // Trainer\nTrainer a; RunTrainer b;", ["Trainer"]));

    /// <summary>The references of a source to what lies above it.</summary>
    /// <param name="file">Its path below <c>src</c>.</param>
    /// <param name="source">Its text.</param>
    private static IEnumerable<string> Breaches(string file, string source)
    {
        (int Project, int Layer) own = Place(Own(file));
        string code = Code(source);
        foreach (Match reference in Reference().Matches(code))
        {
            string named = WhiteSpace().Replace(reference.Groups["name"].Value, "");
            bool isUsing = reference.Groups["using"].Success;
            if (isUsing && !named.StartsWith("AuxLossRnn.", StringComparison.Ordinal))
            {
                continue;
            }

            named = named.StartsWith("AuxLossRnn.", StringComparison.Ordinal) ? named["AuxLossRnn.".Length..] : named;
            string? target = Target(named, file);
            if (target is null)
            {
                continue;
            }

            (int Project, int Layer) other = Place(target);
            if (other.Project > own.Project || (other.Project == 0 && own.Project == 0 && other.Layer > own.Layer))
            {
                yield return $"{file}({1 + code.AsSpan(0, reference.Groups["name"].Index).Count('\n')}): {Own(file)} refers to {target}";
            }
        }
    }

    private static IEnumerable<string> Mentions(string file, string source, string[] types)
    {
        string code = Code(source);
        return Identifier().Matches(code).Where(match => types.Contains(match.Value))
            .Select(match => $"{file}({1 + code.AsSpan(0, match.Index).Count('\n')}): {match.Value}");
    }

    /// <summary>The namespace that a name begins with; null for none of the kit's.</summary>
    private static string? Target(string name, string file)
    {
        bool Begins(string with) => name == with || name.StartsWith(with + ".", StringComparison.Ordinal);
        if (Names.FirstOrDefault(Begins) is string whole)
        {
            return whole;
        }

        // Within Training, Runs.RunFolder is Training.Runs.RunFolder.
        string parent = Own(file).Split('.')[0];
        return Layers.FirstOrDefault(layer => layer.StartsWith(parent + ".", StringComparison.Ordinal) && Begins(layer[(parent.Length + 1)..]));
    }

    private static (int Project, int Layer) Place(string name)
    {
        int project = Array.FindIndex(Projects, one => one.Namespaces.Contains(name));
        return (project, Array.IndexOf(Projects[project].Namespaces, name));
    }

    /// <summary>The namespace of a file, by its folder.</summary>
    private static string Own(string file)
    {
        string[] parts = file.Split('/');
        if (parts[0] != "AuxLossRnn")
        {
            string last = parts[0].Split('.')[1];
            return last == "Experiments" && parts[1] == "Figures" ? "Figures" : last;
        }

        return Layers.Contains($"{parts[1]}.{parts[2]}") ? $"{parts[1]}.{parts[2]}" : parts[1];
    }

    private static IEnumerable<string> Files(string folder) => Directory
        .EnumerateFiles(Path.Combine(Sources, folder), "*.cs", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Sources, path).Replace('\\', '/'))
        .Where(path => !path.Split('/').Any(part => part is "obj" or "bin"))
        .Order(StringComparer.Ordinal);

    /// <summary>A source without comments and texts, its lines where they were; what stands in the braces of a text is code.</summary>
    private static string Code(string source) => CommentOrText().Replace(source, match =>
    {
        string kept = match.Value is ['$', ..] ? string.Concat(Hole().Matches(match.Value).Select(hole => $" ({hole.Groups[1].Value}) ")) : " ";
        return kept + new string('\n', match.Value.Count(one => one == '\n') - kept.Count(one => one == '\n'));
    });

    [GeneratedRegex(""""
        //[^\n]* | /\*.*?\*/ | \$*(?<q>"{3,}).*?\k<q> | (?:\$@|@\$|@)"(?:[^"]|"")*" | \$?"(?:\\.|\{(?:[^{}"]|"(?:\\.|[^"\\])*")*\}|[^"\\\n])*" | '(?:\\.[^']*|[^'\\])'
        """", RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Hole();

    // A using, with or without static or an alias; or a qualified name that is not a member of something.
    [GeneratedRegex(@"(?<using>\busing\s+(?:static\s+|\w+\s*=\s*)?)(?:global\s*::\s*)?(?<name>[A-Z]\w*(?:\s*\.\s*\w+)*)\s*;|(?<![\w.]\s*|namespace\s+)(?:global\s*::\s*)?(?<name>[A-Z]\w*(?:\s*\.\s*[A-Z]\w*)+)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"(^\s*///[^\n]*\n)+", RegexOptions.Multiline)]
    private static partial Regex FirstComment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"\b[A-Z]\w*\b")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();

    [GeneratedRegex(@"^(?:public|internal)[\w ]*? (?:class|record struct|record|struct|enum|interface) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("<ProjectReference Include=\"[^\"]*/([^\"/]+)\\.csproj\"")]
    private static partial Regex ProjectReference();
}
