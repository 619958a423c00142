using System.Reflection;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Figures;

/// <summary>Finds the builder of figures.</summary>
public static class Figures
{
    private const string Charts = "AuxLossRnn.Charts";

    private static readonly Lazy<IFigureBuilder> Builder =
        new(() => Load(Path.GetDirectoryName(typeof(Figures).Assembly.Location)!), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The builder from the folder <c>charts</c> beside this library, with libraries of its own.</summary>
    /// <exception cref="UserException">The folder is missing.</exception>
    public static IFigureBuilder Default => Builder.Value;

    /// <summary>Loads the builder.</summary>
    /// <param name="folder">The folder that holds <c>charts</c>.</param>
    /// <exception cref="UserException">It holds none.</exception>
    internal static IFigureBuilder Load(string folder)
    {
        string path = Path.Combine(folder, "charts", $"{Charts}.dll");
        if (!File.Exists(path))
        {
            throw new UserException(
                $"Figures need {path}, which is missing. `dotnet build -c Release src/{Charts}` puts it beside the kit's library; a project of "
                + $"your own imports src/{Charts}/Charts.targets, which puts it beside your program.");
        }

        Assembly charts = new ChartsLoadContext(path).LoadFromAssemblyPath(path);
        return (IFigureBuilder)Activator.CreateInstance(charts.GetType($"{Charts}.PlotlyFigureBuilder", throwOnError: true)!)!;
    }
}
