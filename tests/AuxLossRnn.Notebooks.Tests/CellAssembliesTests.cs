using System.IO.Compression;
using System.Reflection;
using AuxLossRnn.Notebooks.Session;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>Versions of assemblies in cells: the one that was asked for, or none.</summary>
public sealed class CellAssembliesTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CSharpSession _session;

    public CellAssembliesTests() => _session = new CSharpSession(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<(string? Value, string Problem, string Notes)> Run(string code)
    {
        var output = new Recording();
        CellResult result = await _session.ExecuteAsync(code, output);
        return (output.Value?.Formats["text/plain"], result.Error?.Message ?? "", output.Error);
    }

    // A library whose only type, named as the library, says which version it is.
    private string Library(string folder, string name, string version, params string[] needs)
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, folder)).FullName, name + ".dll");
        string code = $$"""
            [assembly: System.Reflection.AssemblyVersion("{{version}}")]
            public class {{name}}Type { public static string Version = "{{version}}"; public static string Needed = {{(needs.Length == 0 ? "\"\"" : Path.GetFileNameWithoutExtension(needs[0]) + "Type.Version")}}; }
            """;
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        EmitResult made = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(code)],
            needs.Append(typeof(object).Assembly.Location).Append(Path.Combine(runtime, "System.Runtime.dll")).Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(path);
        Assert.True(made.Success, string.Join("\n", made.Diagnostics));
        return path;
    }

    [Theory]
    [InlineData("0.1.0.0")]
    [InlineData("999.0.0.0")]
    public async Task Cells_get_the_version_they_ask_for_of_what_the_host_uses_itself(string version)
    {
        Assert.NotEqual(new Version(version), typeof(Markdig.Markdown).Assembly.GetName().Version);
        Library("a", "Markdig", version);

        Assert.Equal(version, (await Run("#r \"a/Markdig.dll\"\nMarkdigType.Version")).Value);
        Assert.Equal(version, (await Run("typeof(MarkdigType).Assembly.GetName().Version.ToString()")).Value);
    }

    [Fact]
    public async Task What_a_library_needs_is_the_version_beside_it()
    {
        Library("a", "NeedsJint", "1.0.0.0", Library("a", "Jint", "0.2.0.0"));

        Assert.Equal("0.2.0.0", (await Run("#r \"a/NeedsJint.dll\"\nNeedsJintType.Needed")).Value);
    }

    [Fact]
    public async Task A_second_version_is_refused_with_both_used_or_not()
    {
        string one = Library("one", "Twofold", "1.0.0.0");
        string two = Library("two", "Twofold", "2.0.0.0");
        await Run("#r \"one/Twofold.dll\"");

        foreach (string code in (string[])["#r \"two/Twofold.dll\"", "TwofoldType.Version", "#r \"two/Twofold.dll\""])
        {
            (string? value, string problem, _) = await Run(code);
            if (value is null)
            {
                Assert.Contains(one, problem, StringComparison.Ordinal);
                Assert.Contains(two, problem, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal("1.0.0.0", value);
            }
        }

        Assert.Equal("", (await Run("#r \"one/Twofold.dll\"")).Problem);
    }

    [Fact]
    public async Task A_newer_one_that_is_needed_is_taken_with_a_word_unless_the_older_was_asked_for()
    {
        Library("one", "NeedsOne", "1.0.0.0", Library("one", "Needed", "1.0.0.0"));
        Library("two", "NeedsTwo", "1.0.0.0", Library("two", "Needed", "2.0.0.0"));
        await Run("#r \"one/NeedsOne.dll\"");
        (_, _, string notes) = await Run("#r \"two/NeedsTwo.dll\"");

        Assert.Contains(Path.Combine("two", "Needed.dll"), notes, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("one", "Needed.dll"), notes, StringComparison.Ordinal);
        Assert.Equal("2.0.0.0 2.0.0.0", (await Run("NeedsOneType.Needed + \" \" + NeedsTwoType.Needed")).Value);

        Library("three", "NeedsThree", "1.0.0.0", Library("three", "Needed", "3.0.0.0"));
        Assert.Contains("cannot stand beside", (await Run("#r \"three/NeedsThree.dll\"")).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_one_that_is_needed_is_the_newer_that_cells_have()
    {
        Library("two", "Needed", "2.0.0.0");
        Library("one", "NeedsOne", "1.0.0.0", Library("one", "Needed", "1.0.0.0"));
        await Run("#r \"two/Needed.dll\"");

        Assert.Equal("2.0.0.0", (await Run("#r \"one/NeedsOne.dll\"\nNeedsOneType.Needed")).Value);
    }

    [Theory]
    [InlineData("TorchSharp")]
    [InlineData("Microsoft.Data.Analysis")]
    public async Task A_package_whose_types_the_kit_shares_is_refused_before_it_is_downloaded(string id)
    {
        (_, string problem, _) = await Run($"#r \"nuget: {id}, 0.0.1\"");

        Assert.Contains($"{id} 0.0.1 cannot stand beside {HostAssemblies.Packages[id]}", problem, StringComparison.Ordinal);
        Assert.Contains($"#r \"nuget: {id}, {HostAssemblies.Packages[id].Version}\"", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Spectre.Console, 0.49.1", "typeof(Spectre.Console.AnsiConsole).Assembly.GetCustomAttributes(false).OfType<System.Reflection.AssemblyInformationalVersionAttribute>().Single().InformationalVersion", "0.49.1+")]
    [InlineData("Microsoft.CodeAnalysis.CSharp, 4.8.0", "typeof(Microsoft.CodeAnalysis.CSharp.CSharpCompilation).Assembly.GetName().Version.ToString()", "4.8.")]
    [InlineData("SkiaSharp, 3.119.0", "typeof(SkiaSharp.SKBitmap).Assembly.GetName().Version.ToString()", "3.119.")]
    [Trait("Category", "Slow")]
    public async Task Packages_are_of_the_version_asked_for(string package, string version, string expected)
    {
        (string? value, string problem, _) = await Run($"#r \"nuget: {package}\"\n{version}");

        Assert.Equal("", problem);
        Assert.StartsWith(expected, value, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task What_is_a_part_of_NET_is_NETs_with_a_word()
    {
        (string? value, _, string notes) = await Run("#r \"nuget: System.Text.Json, 8.0.5\"\ntypeof(System.Text.Json.JsonSerializer).Assembly.GetName().Version.Major");

        Assert.Equal("10", value);
        Assert.Contains("not 8.0.5", notes, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_feed_of_ones_own_is_added_by_a_directive()
    {
        // Of a name that no other run has: packages are kept once they are built.
        string id = $"Feed{Guid.NewGuid():N}";
        string library = Library("made", id, "1.0.0.0");
        using (ZipArchive package = ZipFile.Open(Path.Combine(Directory.CreateDirectory(_folder["feed"]).FullName, $"{id}.1.0.0.nupkg"), ZipArchiveMode.Create))
        {
            package.CreateEntryFromFile(library, $"lib/net10.0/{id}.dll");
            using var spec = new StreamWriter(package.CreateEntry($"{id}.nuspec").Open());
            spec.Write($"<package><metadata><id>{id}</id><version>1.0.0</version><authors>a</authors><description>d</description></metadata></package>");
        }

        Assert.Contains("cannot be had", (await Run($"#r \"nuget: {id}, 1.0.0\"")).Problem, StringComparison.Ordinal);
        Assert.Equal(("1.0.0.0", ""), await Asked());

        async Task<(string?, string)> Asked()
        {
            (string? value, string problem, _) = await Run($"#i \"nuget:feed\"\n#r \"nuget: {id}, 1.0.0\"\n{id}Type.Version");
            return (value, problem);
        }
    }

    [Fact]
    public void What_the_kits_libraries_take_and_give_is_shared()
    {
        Assembly[] kit = [.. new[] { "AuxLossRnn", "AuxLossRnn.Data", "AuxLossRnn.Experiments", "AuxLossRnn.Notebooks" }.Select(Assembly.Load)];
        IEnumerable<string> used = kit.SelectMany(assembly => assembly.GetExportedTypes()).SelectMany(Signatures).Select(type => type.Assembly)
            .Where(assembly => !HostAssemblies.IsFramework(assembly.Location)).Select(assembly => assembly.GetName().Name!).Distinct();

        Assert.All(used, name => Assert.True(HostAssemblies.IsShared(name), name));
    }

    private static IEnumerable<Type> Signatures(Type type) => type
        .GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .SelectMany(member => member switch
        {
            MethodBase method => method.GetParameters().Select(p => p.ParameterType).Concat(method is MethodInfo { ReturnType: { } given } ? [given] : []),
            FieldInfo field => [field.FieldType],
            _ => [],
        })
        .Concat(type.GetInterfaces()).Append(type.BaseType ?? typeof(object))
        .SelectMany(found => found.IsGenericType ? found.GetGenericArguments().Append(found) : [found.HasElementType ? found.GetElementType()! : found]);
}
