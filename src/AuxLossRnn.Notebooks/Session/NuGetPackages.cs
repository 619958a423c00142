using System.Diagnostics;
using System.Security;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Packages that cells ask for: a project of their own is built once for each name and version.</summary>
internal static partial class NuGetPackages
{
    /// <summary>Which package a cell asks for.</summary>
    /// <param name="asked">Name and version, as in <c>Plotly.NET, 6.0.0</c>.</param>
    /// <exception cref="UserException">It names none, or leaves the version open.</exception>
    public static PackageVersion Asked(string asked)
    {
        Match match = Package().Match(asked);
        if (!match.Success)
        {
            throw new UserException($"#r \"nuget:{asked}\" names no package; write #r \"nuget: Name, 1.2.3\".");
        }

        string id = match.Groups["id"].Value;
        string version = match.Groups["version"].Value.Trim();
        if (!OneVersion().IsMatch(version))
        {
            // The newest of today would be kept for ever, and another machine would have another one.
            throw new UserException(
                $"#r \"nuget:{asked}\" leaves the version open{(Range().IsMatch(version) ? $": {version} is a range" : "")}, so the notebook would not run with the "
                + $"same package everywhere; write one, as in #r \"nuget: {id}, 1.2.3\". https://www.nuget.org/packages/{id} lists them.");
        }

        return new PackageVersion(id, version.Trim('[', ']', ' '));
    }

    /// <summary>The assemblies of a package and of what it needs.</summary>
    /// <param name="package">The package.</param>
    /// <param name="feeds">Where to look for it, beside the places in NuGet's own settings.</param>
    /// <exception cref="UserException">The package cannot be had.</exception>
    public static IReadOnlyList<string> Files(PackageVersion package, params IReadOnlyList<string> feeds)
    {
        (string id, string version) = package;
        string folder = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            // Earlier versions of the kit took the next version where one was missing, and kept it in a folder packages.
            "auxlossrnn", "exact-packages", id.ToLowerInvariant(), version);
        string built = Path.Combine(folder, "out", "packages.dll");
        if (!File.Exists(built))
        {
            // Built beside its place and moved there: a build that fails, or a second one at the same time, leaves nothing half done.
            string work = $"{folder}.{Environment.ProcessId}.part";
            try
            {
                Build(work, id, version, feeds);
                if (!Directory.Exists(folder))
                {
                    Directory.Move(work, folder);
                }
            }
            finally
            {
                if (Directory.Exists(work))
                {
                    Directory.Delete(work, recursive: true);
                }
            }
        }

        string[] others = [.. Directory.GetFiles(Path.Combine(folder, "out"), "*.dll").Where(HostAssemblies.IsManaged)];
        return [built, .. others.Where(file => file != built).Order(StringComparer.Ordinal)];
    }

    /// <summary>Packages that bring an extension of .NET Interactive's kernel.</summary>
    /// <param name="built">The first of the package's files.</param>
    public static IReadOnlyList<string> Extensions(string built)
    {
        string assets = Path.Combine(Path.GetDirectoryName(built)!, "..", "obj", "project.assets.json");
        JsonObject libraries = File.Exists(assets) ? JsonNode.Parse(File.ReadAllText(assets))?["libraries"] as JsonObject ?? [] : [];
        return [.. libraries
            .Where(library => (library.Value?["files"] as JsonArray ?? []).Any(file => file!.ToString().StartsWith("interactive-extensions/", StringComparison.Ordinal)))
            .Select(library => library.Key.Replace('/', ' '))];
    }

    private static void Build(string folder, string id, string version, IReadOnlyList<string> feeds)
    {
        Directory.CreateDirectory(folder);
        // Empty files of these names keep settings of folders above out.
        foreach (string name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
        {
            File.WriteAllText(Path.Combine(folder, name), "<Project />\n");
        }

        // In brackets: this version and no other. Without them NuGet takes the next one where there is none of this number.
        File.WriteAllText(Path.Combine(folder, "packages.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <CopyLocalLockFileAssemblies>true</CopyLocalLockFileAssemblies>
                <RestoreAdditionalProjectSources>{SecurityElement.Escape(string.Join(';', feeds))}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{SecurityElement.Escape(id)}" Version="[{SecurityElement.Escape(version)}]" />
              </ItemGroup>
            </Project>

            """);
        var start = new ProcessStartInfo("dotnet", ["build", "packages.csproj", "-o", "out", "--nologo", "-v", "quiet"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new UserException(
                $"#r: the package {id} {version} cannot be had: {Reason(text)} https://www.nuget.org/packages/{id} lists the versions that there are. "
                + "Another feed is added by #i \"nuget:https://…\" above, or for good by dotnet nuget add source.");
        }
    }

    // The project is ours and gone by now: its path would tell nothing.
    internal static string Reason(string built)
    {
        string[] reasons = [.. ErrorLine().Matches(built).Select(match => match.Groups["text"].Value.Trim(' ', '-')).Distinct()];
        string reason = reasons.Length == 0 ? built.Trim() : string.Join(". ", reasons.Select(text => text.TrimEnd('.')));
        return reason.EndsWith('.') ? reason : reason + ".";
    }

    [GeneratedRegex(@"error [A-Z]+\d+\s*: (?<text>[^\r\n]*?)( \[[^\[\]\r\n]+proj\])?\r?$", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();

    // What stands after the comma may be anything that NuGet knows: it is told apart from what names no package.
    [GeneratedRegex(@"^\s*(?<id>[\w.-]+)\s*(,\s*(?<version>[^\s,]+|[\[(][^\[\]()]*[\])])?\s*)?$")]
    private static partial Regex Package();

    [GeneratedRegex(@"^(\[\s*)?\d[\w.+-]*(?(1)\s*\])$")]
    private static partial Regex OneVersion();

    [GeneratedRegex(@"^[\[(]")]
    private static partial Regex Range();
}
